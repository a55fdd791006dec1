"""`python -m deploy.supervisord`: supervisord, which a full disk must not kill.

It writes down what its programs say. Of a line that the disk does not take it tells standard error; that is a file on
the same disk, and the second failure would end it, and every process with it.
"""

from supervisor import loggers, supervisord


def _let_the_line_go(_handler: loggers.Handler) -> None:
    """Instead of the library's own way, which is to print the traceback."""


if __name__ == "__main__":
    loggers.Handler.handleError = _let_the_line_go
    supervisord.main()
