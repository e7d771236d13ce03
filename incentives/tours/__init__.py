"""The guided tours of the desk's incentive pages."""

from incentives.tours import acknowledgements, offers, overview, requests, sharing

__all__ = ["acknowledgements", "offers", "overview", "requests", "sharing"]
