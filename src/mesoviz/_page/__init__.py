"""What every figure is made of: words, style, layout, and the `Chart` that carries them."""
