"""Events as callers send them: the shapes that rewards and the wallet share, and what they name."""
