"""The tables of partner vouchers."""
