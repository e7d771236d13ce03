"""The filters of partner vouchers."""
