"""The forms of partner vouchers."""
