"""What must hold between columns, rows and tables; the codebook is written from the same declarations."""
