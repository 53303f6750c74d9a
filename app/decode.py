"""The only file that touches MuPDF and image decoders: a path and a page number in, upright RGB pixels out.

It runs as a child process, started by ``sandbox.py``: MuPDF and the image libraries are large C code, and
documents come from strangers. One JSON request a line on stdin; the reply is one JSON line on stdout, then
``width * height * 3`` bytes for a page. The text layer of a PDF is never touched.
"""

import json
import math
import os
import re
import signal
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageOps, Jpeg2KImagePlugin, PsdImagePlugin, TiffImagePlugin, WebPImagePlugin

REPAIR = "export or download it again"
READY = b"ready\n"  # the first line of the process: its start is not counted as decoding
MAX_DPI = 600
MAX_SIDE_PX = 8000
PAGED_FORMATS = ("TIFF",)  # the other formats with several frames are animations: the first frame counts
# Naming the plugins registers them; ``Image.open`` alone would load every decoder Pillow has.
LATE_FORMATS = (WebPImagePlugin, TiffImagePlugin, Jpeg2KImagePlugin, PsdImagePlugin)
IMAGE_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "JPEG2000", "PSD")
REPAIRED = "the PDF is damaged and was repaired as far as possible"
CUT_OFF = "the PDF is cut off: its end is missing, and pages may be lacking"
LEGIBLE_PX = 40_000  # an image with fewer pixels than 200 x 200 has no room for a page of print


class Refused(Exception):
    """A file that cannot be opened: the problem and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


class Source(Protocol):
    """An opened file. ``note`` is a sentence about what is unusual with it, empty for most; ``is_complete``
    is False when pages may be lacking."""

    page_count: int
    note: str
    is_complete: bool

    def render(self, number: int, page_px: int) -> Image.Image:
        """Page ``number`` (from 1) as upright RGB of about ``page_px`` pixels."""

    def close(self) -> None:
        """Give the file back."""


def fit(width: float, height: float, page_px: int, max_scale: float) -> tuple[int, int]:
    """The size in pixels of a ``width`` x ``height`` page scaled to an area of ``page_px``, in its own shape.

    Neither side gets longer than MAX_SIDE_PX nor shorter than 1. Raises ValueError for a page without area.
    """
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise ValueError(f"the page has no area ({width:g} x {height:g})")
    scale = min(math.sqrt(page_px / (width * height)), max_scale, MAX_SIDE_PX / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


class PdfSource:
    """A PDF. Raises Refused when it is encrypted, damaged beyond repair or without pages."""

    def __init__(self, path: str, password: str | None) -> None:
        import pymupdf

        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        self.pymupdf = pymupdf
        try:
            self.pdf = pymupdf.open(filetype="pdf", **_source(path))
            self._unlock(password)
            self.page_count = len(self.pdf)
        except (RuntimeError, ValueError) as error:
            raise Refused("the PDF is damaged" + _detail(error, path), REPAIR) from None
        self.is_complete = not self.pdf.is_repaired or _has_end(path)
        if self.page_count < 1 and not self.is_complete:
            raise Refused("the PDF is cut off and holds no whole page", "copy or download it again")
        if self.page_count < 1:
            raise Refused("the PDF holds no pages", REPAIR)
        self.note = "" if not self.pdf.is_repaired else REPAIRED if self.is_complete else CUT_OFF

    def _unlock(self, password: str | None) -> None:
        if self.pdf.needs_pass and password is None:
            raise Refused("the PDF is encrypted", "give its password with --password")
        if self.pdf.needs_pass and not self.pdf.authenticate(password):
            raise Refused("the password does not open the PDF", "give the right one with --password")

    def render(self, number: int, page_px: int) -> Image.Image:
        page = self.pdf.load_page(number - 1)
        width, height = fit(page.rect.width, page.rect.height, page_px, MAX_DPI / 72)
        matrix = self.pymupdf.Matrix(width / page.rect.width, height / page.rect.height)
        pixels = page.get_pixmap(matrix=matrix, colorspace=self.pymupdf.csRGB, alpha=False)
        return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)

    def close(self) -> None:
        self.pdf.close()


class ImageSource:
    """An image; every page of a TIFF. The first page is decoded at once: a broken image is refused here."""

    is_complete = True

    def __init__(self, path: str, page_px: int, max_image_px: int) -> None:
        self.max_image_px = max_image_px
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow's own size warnings: the limit below is stricter
                self.image = Image.open(path, formats=IMAGE_FORMATS)
            self.stored = (*self.image.size, self.image.mode)  # a JPEG may be decoded at a part of its size
            frames = getattr(self.image, "n_frames", 1)
            self.page_count = frames if self.image.format in PAGED_FORMATS else 1
            self.note = self._remark(frames)
            self.first = self._first(page_px)
        except Image.DecompressionBombError as error:
            count = re.search(r"\d+", str(error))  # Pillow says how many pixels in words only
            size = f"{int(count[0]) / 1e6:g} million pixels" if count else "beyond all bounds"
            raise self._too_large(size) from None
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, ArithmeticError) as error:
            raise Refused("the image is damaged" + _detail(error, path), REPAIR) from None

    def _remark(self, frames: int) -> str:
        (width, height), remarks = self.image.size, []
        if width * height < LEGIBLE_PX:
            remarks.append(f"it has only {width} x {height} pixels, print may be too small to be read")
        if frames > self.page_count:
            what = "layers one picture" if self.image.format == "PSD" else "frames the first"
            remarks.append(f"of its {frames} {what} is read")
        return "an unusual image: " + "; ".join(remarks) if remarks else ""

    def _first(self, page_px: int) -> Image.Image:
        try:
            return self._decode(1, page_px)
        except BaseException:
            self.close()
            raise

    def render(self, number: int, page_px: int) -> Image.Image:
        return self.first if number == 1 else self._decode(number, page_px)

    def _decode(self, number: int, page_px: int) -> Image.Image:
        if self.page_count > 1:
            self.image.seek(number - 1)
        width, height = self.image.size
        if width * height > self.max_image_px:
            raise self._too_large(f"{width} x {height} pixels")
        size = fit(width, height, page_px, max_scale=1)
        if self.image.format == "JPEG":
            self.image.draft(None, (2 * size[0], 2 * size[1]))  # decode a large photo at a part of its size
        image = to_rgb(_upright(self.image))
        size = fit(*image.size, page_px, max_scale=1)
        return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)

    def _too_large(self, size: str) -> Refused:
        limit = self.max_image_px / 1e6
        return Refused(
            f"the image is too large ({size}, the limit is {limit:g} million)",
            "scale it down or raise OCTAVO_MAX_IMAGE_PX",
        )

    def close(self) -> None:
        self.image.close()


def _upright(image: Image.Image) -> Image.Image:
    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged EXIF raises anything; a picture without its orientation is still a picture
        return image


def to_rgb(image: Image.Image) -> Image.Image:
    """Any Pillow mode as RGB: transparency lies on white, deeper greys are scaled to 8 bits."""
    if image.mode.startswith("I") or image.mode == "F":
        grey = image.convert("F")
        low, high = (float(value) for value in grey.getextrema())  # type: ignore[arg-type]
        top = 255.0 if 0 <= low and high <= 255 else 65535.0 if 0 <= low and high <= 65535 else high
        floor = 0.0 if low >= 0 else low
        scale = 255 / (top - floor) if top > floor else 1.0
        image = grey.point(lambda value: value * scale - floor * scale).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        colours = image.convert("RGBA")
        image = Image.new("RGB", colours.size, "white")
        image.paste(colours, mask=colours.getchannel("A"))
    return image.convert("RGB")


def _source(path: str) -> dict[str, Any]:
    """How MuPDF gets a file: by its name; its bytes where the name is not UTF-8, which it could not open."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return {"stream": Path(path).read_bytes()}
    return {"filename": path}


def _has_end(path: str) -> bool:
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - 2048))
        return b"%%EOF" in file.read()


def _detail(error: BaseException, path: str) -> str:
    """What the library said, in brackets; nothing when that is no more than the file's name in a phrase."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return "" if path in line or "Failed to open" in line else f" ({line[:120]})"


@dataclass(frozen=True)
class Key:
    """What identifies an opened file: a file that changes on disk is opened again."""

    path: str
    password: str | None
    kind: str
    changed_ns: int


class Decoder:
    """Answers requests; keeps the last file open."""

    def __init__(self) -> None:
        self.key: Key | None = None
        self.source: Source | None = None

    def handle(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """``{"do": "open" | "inspect" | "render", ...}`` → (reply, pixels); errors become replies."""
        try:
            source = self._open(request)
            if request["do"] == "open":
                return {
                    "pages": source.page_count,
                    "note": source.note,
                    "complete": source.is_complete,
                }, b""
            if request["do"] == "inspect":
                if not isinstance(source, ImageSource):
                    raise Refused("is not an image", "give a photo")
                width, height, mode = source.stored
                return {"width": width, "height": height, "mode": mode}, b""
            image = source.render(request["page"], request["page_px"])
            return {"width": image.width, "height": image.height}, image.tobytes()
        except Refused as error:
            return {"problem": error.problem, "remedy": error.remedy}, b""
        except MemoryError:
            return {"problem": "it needs more memory than allowed", "remedy": "raise OCTAVO_MEMORY_MB"}, b""
        except Exception as error:  # whatever a decoder raises on a hostile file costs this page only
            problem = "it cannot be rendered" + _detail(error, request["path"])
            return {"problem": problem, "remedy": "export it again"}, b""

    def _open(self, request: dict[str, Any]) -> Source:
        path, password, kind = request["path"], request["password"], request["kind"]
        key = Key(path, password, kind, Path(path).stat().st_mtime_ns)
        if self.source is None or key != self.key:
            self.close()
            if kind == "pdf":
                self.source = PdfSource(path, password)
            else:
                self.source = ImageSource(path, request["page_px"], request["max_image_px"])
            self.key = key
        return self.source

    def close(self) -> None:
        """Close the open file, if any."""
        if self.source is not None:
            self.source.close()
            self.source = None


def _limit(memory_mb: int) -> None:
    """Bound the memory of this process, which bounds what a stream may decompress to, and forbid it to write
    files (pipes are none)."""
    try:
        import resource
    except ImportError:  # no such limits on Windows: the time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _set_alarm(seconds: int) -> None:
    """Let the system end this process in so many seconds, 0 for never: the parent, which has a time limit of
    its own, may be gone by then, and no Python code runs inside a decoder that hangs."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def main() -> None:
    """Serve requests until stdin ends. ``argv[1]``: memory limit in MB, ``argv[2]``: seconds a request."""
    _limit(int(sys.argv[1]))
    limit_s = math.ceil(float(sys.argv[2])) + 5  # later than the parent's own limit
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the replies
    # Rendering needs none of PyMuPDF's layout models: without them it starts in a third of the time.
    sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]
    import pymupdf  # noqa: F401

    decoder = Decoder()
    replies.write(READY)
    replies.flush()
    for line in sys.stdin:
        _set_alarm(limit_s)
        reply, pixels = decoder.handle(json.loads(line))
        _set_alarm(0)
        replies.write(json.dumps(reply).encode() + b"\n" + pixels)
        replies.flush()
