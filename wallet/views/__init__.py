"""The pages of the wallet, one module for each subject."""
