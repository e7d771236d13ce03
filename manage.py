#!/usr/bin/env python
"""Run Django's management commands for Largesse."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        # The one command that means the demo by its name; an environment that says no is obeyed.
        os.environ.setdefault("DEBUG", "1")
        os.environ.setdefault("LARGESSE_DEMO", "1")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make env`, then use .venv/bin/python.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings are refused: {error}")


if __name__ == "__main__":
    main()
