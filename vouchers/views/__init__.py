"""The views of partner vouchers."""
