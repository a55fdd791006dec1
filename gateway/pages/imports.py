"""Products from a spreadsheet's file: what it would do, line by line, and then doing it."""

from typing import Any
from uuid import UUID

from flask import Response, request

from contracts.errors import malformed_field
from contracts.planning import AdmissionState
from contracts.products import ImportProducts, PreviewProducts
from gateway.api.imports import LARGEST
from gateway.pages.farms import admissions, own_farm
from gateway.pages.fields import Form
from gateway.pages.site import pages, show

COLUMNS = (
    "ref", "name", "category", "description", "price", "unit", "estimated_grams", "tolerance", "net_quantity", "vat",
    "origin", "variety", "grade", "ingredients", "allergens", "traces", "storage", "date_kind", "keeps", "sanitary",
    "approval_number", "derogation_km", "derogation_kg", "alcohol", "months", "stock",
)  # fmt: skip
EXAMPLE = "name;unit;price;category;stock\nCarottes;kg;2,40;vegetables;30\nPain de campagne;piece;4,20;bread;12\n"


@pages.route("/farms/<uuid:producer_id>/import", methods=["GET", "POST"])
def preview_import(producer_id: UUID) -> Response:
    """Choose a file, and see what it would do; nothing is written yet."""
    request.max_content_length = LARGEST
    farm = own_farm(producer_id)
    form = Form(PreviewProducts)
    if _previewed(form, producer_id):
        markets = [one for one in admissions(producer_id) if one.state is not AdmissionState.ASKED]
        words: dict[str, Any] = {"text": _text(), "markets": markets, "report": form.answer}
        return show("import_preview.html", farm=farm, form=Form(ImportProducts), **words)
    return show("import.html", form.status, farm=farm, form=form, columns=COLUMNS, example=EXAMPLE)


@pages.post("/farms/<uuid:producer_id>/import/done")
def import_products(producer_id: UUID) -> Response:
    """Write what is good in it."""
    request.max_content_length = request.max_form_memory_size = LARGEST
    farm = own_farm(producer_id)
    form = Form(ImportProducts)
    if form.send(producer_id=producer_id):
        return show("import_done.html", farm=farm, report=form.answer, offered="market_id" in request.form)
    again = Form(PreviewProducts)
    again.refuse(form.code, form.details, form.status)
    return show("import.html", again.status, farm=farm, form=again, columns=COLUMNS, example=EXAMPLE)


@pages.get("/farms/<uuid:producer_id>/import/example.csv")
def import_example(producer_id: UUID) -> Response:
    """A small file to begin with."""
    response = Response("\ufeff" + EXAMPLE, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="produits.csv"'
    return response


def _previewed(form: Form, producer_id: UUID) -> bool:
    text = _text()
    if request.method == "POST" and not text:
        form.take(malformed_field("file", "Choose a file.", "missing"))
        return False
    return form.send(producer_id=producer_id, text=text)


def _text() -> str:
    """The file as text: UTF-8, or Windows-1252 as older spreadsheets write it."""
    file = request.files.get("file")
    if file is None:
        return ""
    content = file.stream.read(LARGEST)
    file.stream.seek(0)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
