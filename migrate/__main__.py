"""Runs the command line: `python -m migrate`."""

from migrate.cli.main import run

if __name__ == "__main__":
    run()
