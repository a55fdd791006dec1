"""How the tests read a page: its forms with their fields, its headings and labels, its text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

VOID = {"input", "meta", "link", "br", "img", "hr"}


@dataclass
class Form:
    """A form as a browser would send it untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Page(HTMLParser):
    """A page, read once."""

    html: str
    forms: list[Form] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    controls: list[dict[str, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._area = ""
        self.feed(self.html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ").split())

    def form(self, action: str) -> Form:
        """The form that is sent there; without an address the one that is sent to the page itself."""
        return next(one for one in self.forms if (action in one.action if action else not one.action))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note(tag, given)
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        if tag in ("input", "select", "textarea"):
            self._control(tag, given)
        if tag == "option" and "selected" in given and self.forms:
            self.forms[-1].fields[self._area] = given.get("value", "")
        if tag not in VOID:
            self._open.append(tag)

    def _note(self, tag: str, given: dict[str, str]) -> None:
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given.get("href", "")] if tag == "a" else []
        self.headings += [tag] if tag in ("h1", "h2", "h3") else []
        self.labels |= {given.get("for", "")} if tag == "label" else set()
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.inline += [tag] if (tag == "script" and "src" not in given) or tag == "style" else []

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "script" not in self._open:
            self.words.append(data)
        if self._open and self._open[-1] == "textarea" and self.forms:
            self.forms[-1].fields[self._area] = data

    def _control(self, tag: str, given: dict[str, str]) -> None:
        inside_label = "label" in self._open
        self.controls.append({**given, "tag": tag, "wrapped": "yes" if inside_label else ""})
        self._area = given.get("name", "")
        is_off = given.get("type") in ("checkbox", "radio") and "checked" not in given
        if self.forms and self._area and not is_off:
            self.forms[-1].fields[self._area] = given.get("value", "on" if "checked" in given else "")


def read(response: TestResponse) -> Page:
    """The page of a response."""
    return Page(response.get_data(as_text=True))
