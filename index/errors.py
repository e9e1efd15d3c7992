"""What can go wrong while building, opening or searching an index."""

from __future__ import annotations

from corpus.errors import BlogqaError


class IndexingError(BlogqaError):
    """An index cannot be built or used."""

    code = "index_error"


class IndexMissing(IndexingError):
    """No index has been built yet."""

    code = "index_missing"


class IndexIncompatible(IndexingError):
    """The index was built by another version, or for another encoder."""

    code = "index_incompatible"


class IndexDamaged(IndexingError):
    """A file of the index is missing, cut short or altered."""

    code = "index_damaged"


class IndexBusy(IndexingError):
    """Somebody else is building the index."""

    code = "index_busy"


class UnknownChip(IndexingError):
    """Posts are to be narrowed by a chip that the index does not have."""

    code = "unknown_chip"


class EncoderError(IndexingError):
    """A model cannot be found, trusted or compiled."""

    code = "encoder_error"


class AdaptError(IndexingError):
    """An encoder cannot be fitted to the archive."""

    code = "adapt_error"
