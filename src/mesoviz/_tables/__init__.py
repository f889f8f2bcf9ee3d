"""Read the CSV files as strict text, give them their types, and join them with what figures need."""
