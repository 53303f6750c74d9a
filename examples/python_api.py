"""Octavo from Python: open a document, ask, extract fields, read a page."""

from pathlib import Path

from octavo.app import DocumentService

HERE = Path(__file__).parent


def main(service: DocumentService | None = None) -> None:
    """Print an answer, the fields and the text of the sample invoice."""
    with service or DocumentService() as service:
        invoice = service.open(HERE / "invoice.pdf", pages="1")

        answer = service.ask(invoice, "What is the total?")
        print(answer.answer, answer.found, f"{answer.confidence:.2f}", answer.evidence)

        fields = service.extract(invoice, ["invoice number", "invoice date", "total"])
        print(fields.values)

        for page in service.read(invoice):
            print(page.status, page.text.splitlines()[:3])


if __name__ == "__main__":
    main()
