# ruff: noqa: E501 (lists of package names)
"""Fetches the training fonts with the ordinary clients of Debian and npm; the packages' names are the data of this file."""

import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

# Debian: type for print, for terminals and typewriters, and a few hands. The families of the held-out world
# (``assets.HELD_OUT``) are refused when the fonts are collected, also where a package brings them along.
DEBIAN = """
fonts-adf-accanthis fonts-adf-baskervald fonts-adf-gillius fonts-adf-libris fonts-adf-romande fonts-adf-verana
fonts-agave fonts-arapey fonts-averia-sans-gwf fonts-averia-serif-gwf fonts-b612 fonts-beteckna fonts-cabin
fonts-cantarell fonts-cardo fonts-century-catalogue fonts-clear-sans fonts-cmu fonts-comfortaa fonts-comic-neue
fonts-croscore fonts-crosextra-caladea fonts-crosextra-carlito fonts-dejavu-core fonts-dejavu-extra
fonts-dkg-handwriting fonts-dustin fonts-ebgaramond fonts-fantasque-sans fonts-gfs-artemisia fonts-gfs-didot
fonts-gfs-neohellenic fonts-go fonts-goudybookletter fonts-hermit fonts-inter fonts-jetbrains-mono fonts-junction
fonts-junicode fonts-jura fonts-karla fonts-lato fonts-league-mono fonts-league-spartan fonts-liberation
fonts-linuxlibertine fonts-lmodern fonts-manrope fonts-monoid fonts-mplus fonts-nanum fonts-ocr-a fonts-ocr-b
fonts-oldstandard fonts-oxygen fonts-paratype fonts-play fonts-prociono fonts-quattrocento fonts-ricty-diminished
fonts-roboto-slab fonts-roboto-unhinted fonts-routed-gothic fonts-rufscript fonts-sil-andika fonts-sil-charis
fonts-sil-gentiumplus fonts-sjfonts fonts-stix fonts-texgyre fonts-tiresias fonts-tlwg-kinnari-ttf
fonts-tlwg-purisa-ttf fonts-tlwg-sawasdee-ttf fonts-tlwg-umpush-ttf fonts-tuffy fonts-vollkorn fonts-yrsa-rasa
ttf-bitstream-vera
""".split()
# The same from the @fontsource packages: faces that shops, offices and web pages print with.
FONTSOURCE = """
alegreya-sans archivo-narrow arvo asap-condensed barlow barlow-condensed bitter share-tech-mono vt323 special-elite
cutive-mono nova-mono major-mono-display courier-prime dotgothic16 press-start-2p pixelify-sans silkscreen
ibm-plex-mono ibm-plex-sans ibm-plex-sans-condensed ibm-plex-serif dm-mono lekton overpass-mono red-hat-mono b612-mono
sometype-mono spline-sans-mono source-code-pro source-sans-3 source-serif-4 pt-mono victor-mono azeret-mono
fragment-mono kode-mono reddit-mono sarabun bai-jamjuree merriweather lora crimson-text libre-baskerville
libre-franklin work-sans nunito-sans mulish montserrat poppins raleway oswald rubik titillium-web exo-2
saira-condensed rajdhani spectral zilla-slab rokkitt gelasio playfair-display domine cormorant-garamond literata
newsreader frank-ruhl-libre kalam caveat patrick-hand indie-flower architects-daughter homemade-apple
shadows-into-light gochi-hand handlee nothing-you-could-do reenie-beanie cedarville-cursive permanent-marker
covered-by-your-grace dancing-script gloria-hallelujah fjalla-one pathway-extreme encode-sans-condensed public-sans
figtree manrope jost heebo hind asap kanit prompt be-vietnam-pro atkinson-hyperlegible signika maven-pro tajawal
micro-5 jersey-10 doto league-gothic antonio libre-caslon-text old-standard-tt im-fell-english slabo-13px sanchez aleo
archivo
""".split()
# Of each family: bold, italic, and upright in all weights that print text ("Barlow Light" is a family of its own).
_FACES = tuple(f"-latin-{weight}-normal.woff2" for weight in (300, 400, 500, 600, 700)) + (
    "-latin-400-italic.woff2",
)
_BATCH = 12
_PATIENCE = 240  # seconds for one call of a client


def download(folder: Path) -> list[str]:
    """Unpacks all packages under ``folder``/deb and ``folder``/npm; returns those that could not be had.

    Needs ``apt-get`` and ``dpkg`` for the first list and ``npm`` for the second, no root. A client that is missing
    costs its whole list, not the run.
    """
    missing = _debian(folder / "deb", folder / "debs")
    return missing + _fontsource(folder / "npm", folder / "tgz")


def _debian(out: Path, packed: Path) -> list[str]:
    out.mkdir(parents=True, exist_ok=True)
    packed.mkdir(parents=True, exist_ok=True)
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return list(DEBIAN)
    client = ["apt-get", "-qq"]
    if not _run([*client, "download", DEBIAN[0]], packed):
        # No list of packages yet: read it into folders of our own, which needs no root.
        state, cache = packed / "state", packed / "cache"
        for inner in (state / "lists" / "partial", cache / "archives" / "partial"):
            inner.mkdir(parents=True)
        client += ["-o", f"Dir::State::lists={state / 'lists'}", "-o", f"Dir::Cache={cache}"]
        _run([*client, "update"], packed)
    _batched([*client, "download"], DEBIAN, packed)
    got = {path.name.split("_")[0]: path for path in sorted(packed.glob("*.deb"))}
    return [
        name
        for name in DEBIAN
        if name not in got or not _run(["dpkg", "-x", str(got[name]), str(out)], packed)
    ]


def _fontsource(out: Path, packed: Path) -> list[str]:
    out.mkdir(parents=True, exist_ok=True)
    packed.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm"):
        return [f"@fontsource/{name}" for name in FONTSOURCE]
    _batched(["npm", "pack", "--silent"], [f"@fontsource/{name}" for name in FONTSOURCE], packed)
    missing = []
    for name in FONTSOURCE:
        # "fontsource-aleo-5.0.1.tgz"; the digit keeps "archivo" from matching "archivo-narrow".
        archives = sorted(packed.glob(f"fontsource-{name}-[0-9]*.[0-9]*.tgz"))
        if not archives or not _unpack(archives[-1], out / name):
            missing.append(f"@fontsource/{name}")
    return missing


def _unpack(archive: Path, out: Path) -> bool:
    """The wanted faces of the Latin part; False when there is none."""
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    with tarfile.open(archive) as file:
        for member in file:
            if member.isfile() and member.name.endswith(_FACES) and (data := file.extractfile(member)):
                (out / Path(member.name).name).write_bytes(data.read())
                count += 1
    return count > 0


def _batched(command: Sequence[str], names: Sequence[str], folder: Path) -> None:
    """Runs the client on several names at once; where that fails, one by one, for one bad name spoils them all."""
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        if not _run([*command, *batch], folder):
            for name in batch:
                _run([*command, name], folder)


def _run(command: Sequence[str], folder: Path) -> bool:
    try:
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
