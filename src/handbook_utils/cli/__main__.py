"""``python -m handbook_utils.cli``: the ``handbook`` command where it is not on the path."""

from handbook_utils.cli.application import main

if __name__ == "__main__":
    main()
