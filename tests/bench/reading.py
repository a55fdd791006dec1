"""How fast people are shown things: the sheet as JSON and as a page, and what is found by a search."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.request import urlopen

from tests.bench import load
from tests.bench.figures import Figure, at_least, at_most
from tests.bench.ground import Ground

SHEET = "/api/v1/distributions/{}/sheet"
PAGE = "/distributions/{}"


def sheet(ground: Ground) -> Iterator[Figure]:
    """200 offers as JSON, and the answer that nothing has changed."""
    paths = [SHEET.format(sale.distribution_id) for sale in ground.sales]
    tags = [ground.status(path)[1] for path in paths]
    done = load.read(ground.instance.gateway_url, paths, 200, 16, ground.shrunk(10))
    yield at_least("sale sheet of 200 offers, JSON", done.per_second, "1/s", 4000)
    yield at_most("sale sheet, other answers", done.refused + done.broken, "", 0)
    yield at_least("sale sheet, an answer", done.bytes / done.requests, "bytes", _smallest(ground, paths))
    known = [f"{path} {tag}" for path, tag in zip(paths, tags, strict=True)]
    done = load.read(ground.instance.gateway_url, known, 304, 16, ground.shrunk(10))
    yield at_least("sale sheet not modified (304)", done.per_second, "1/s", 4000)
    yield at_most("not modified, other answers", done.refused + done.broken, "", 0)


def _smallest(ground: Ground, paths: list[str]) -> int:
    sizes = []
    for path in paths:
        with urlopen(ground.instance.gateway_url + path, timeout=30) as answer:
            sizes.append(len(answer.read()))
    return min(sizes)


def page(ground: Ground) -> Iterator[Figure]:
    """The shop's page of 200 offers for a stranger, warm, twenty at once."""
    paths = [PAGE.format(sale.distribution_id) for sale in ground.sales]
    if ground.status(paths[0])[0] == 404:
        return
    for path in paths:
        ground.status(path)
    done = load.read(ground.instance.gateway_url, paths, 200, 20, ground.shrunk(10))
    yield at_most("shop page of 200 offers, 20 at once, p95", done.p95, "ms", 60)
    yield Figure("shop page, pages", round(done.per_second, 1), "1/s")
    yield at_most("shop page, other answers", done.refused + done.broken, "", 0)


SEARCHES = (
    "/api/v1/markets?place=caromb",
    "/api/v1/markets?place=84330&radius_km=50",
    "/api/v1/products?place=carpentras&words=carottes",
    "/api/v1/products?place=lyon&words=oeufs",
    "/api/v1/products?latitude=48.85&longitude=2.35&words=miel",
    "/api/v1/markets?place=rennes&words=pain",
)


def search(ground: Ground) -> Iterator[Figure]:
    """What people look for, four at once, among 2 000 markets and 60 000 products."""
    ground.fill_catalog()
    for path in SEARCHES:
        if (status := ground.status(path)[0]) != HTTPStatus.OK:
            raise RuntimeError(f"{path}: {status}")
    done = load.read(ground.instance.gateway_url, list(SEARCHES), 200, 4, ground.shrunk(10))
    yield at_most("search, 4 at once, p95", done.p95, "ms", 30)
    yield Figure("search, answers", round(done.per_second, 1), "1/s")
    yield at_most("search, other answers", done.refused + done.broken, "", 0)
