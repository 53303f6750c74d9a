"""Configuration of the vision side. Values are data; nothing here reads a file."""

from dataclasses import dataclass, field

from .tiling import TilingConfig


@dataclass(frozen=True)
class EncoderConfig:
    """A ``VisionTransformer`` over square tiles.

    ``mlp_hidden`` is given in full because SigLIP-so400m's ratio (3.7362) is not a round number.
    ``blank_span``: patches whose pixels differ by fewer levels than this are left out (see ``blank``), unless
    the picture is a single tile; 0, as VL2: none are.
    """

    image_size: int = 384
    patch_size: int = 16
    width: int = 384
    depth: int = 12
    num_heads: int = 6
    mlp_hidden: int = 1536
    act: str = "gelu_tanh"
    blank_span: int = 0

    @property
    def grid(self) -> int:
        """Patches along one side of a tile."""
        return self.image_size // self.patch_size


@dataclass(frozen=True)
class ProjectorConfig:
    """``seam_depth``: convolution blocks over the stitched patch map of all tiles, before the 2×2 merge.

    VL2 has none. ``nano`` has them because about one character in twelve of an A4 page is cut by a tile
    border. ``max_cells``: learned row and column embeddings for the local view, up to this many cells (0 =
    none, as VL2). ``leave_out_blank``: the decoder is not told of cells without a printed patch (see
    ``blank``).
    """

    downsample: int = 2
    depth: int = 2
    seam_depth: int = 0
    max_cells: int = 0
    leave_out_blank: bool = False


@dataclass(frozen=True)
class VisionConfig:
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    projector: ProjectorConfig = field(default_factory=ProjectorConfig)
    tiling: TilingConfig = field(default_factory=TilingConfig)
    glyph_head: bool = False

    @property
    def cells(self) -> int:
        """Visual tokens along one side of a tile: patches, padded to a multiple of the merge, then merged."""
        return -(-self.encoder.grid // self.projector.downsample)
