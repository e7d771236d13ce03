"""The wallet's part of the API: balances, quotes, captures, spends, activations."""
