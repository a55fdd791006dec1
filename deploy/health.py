"""Whether a process says that it is well; as a program, as containers call it, the one at HALLE_METRICS_PORT."""

import http.client
import os
import sys


def health_of(port: int) -> str:
    """`ok`, or what /health on this machine's `port` answers, or why it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health")
        response = connection.getresponse()
        said = response.read(300).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return "ok" if response.status == 200 else f"{response.status}: {said}"


if __name__ == "__main__":
    said = health_of(int(os.environ["HALLE_METRICS_PORT"]))
    print(said)
    sys.exit(said != "ok")
