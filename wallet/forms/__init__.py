"""The forms of the wallet, one module for each subject."""
