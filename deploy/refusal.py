"""What stops a start for a reason that the person at the keyboard can mend."""


class CannotStart(Exception):
    """One sentence that names what is missing, busy or wrong; `./halle` prints it and exits 2."""
