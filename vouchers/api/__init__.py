"""The operations of partner vouchers (vouchers.md 8.1)."""
