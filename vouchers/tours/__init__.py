"""The guided tours of the desk's voucher pages."""

from vouchers.tours import campaigns, lists, outside, overview

__all__ = ["campaigns", "lists", "outside", "overview"]
