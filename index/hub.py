"""Models fetched from the model hub, and what to do where it cannot be reached."""

from __future__ import annotations

import textwrap
from pathlib import Path

from index.errors import EncoderError

_NOT_NEEDED = ["onnx/*", "openvino/*", "coreml/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf"]
"""The same weights for other programs: of a well-known model, gigabytes."""
_WEIGHTS = "*.safetensors"
_OLD_WEIGHTS = "*.bin"
_LONGEST = 200  # characters of the hub client's own words


def hub_model(model: str, given: str, setting: str, owner: str, fetch: bool) -> Path:
    """The folder of ``model``, ``given`` as the ``setting`` of that name, in the hub's cache.

    A name without an owner is ``owner``'s. It is fetched if it is new, which needs a network;
    without ``fetch`` it must be there. Raises EncoderError if it is not, or cannot be fetched.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    name = model if "/" in model else f"{owner}/{model}"
    shown = repr(given) if given == name else f"{given!r} ({name})"
    try:
        folder = Path(
            snapshot_download(
                name, local_files_only=not fetch, ignore_patterns=[*_NOT_NEEDED, _OLD_WEIGHTS]
            )
        )
        if fetch and not any(folder.rglob(_WEIGHTS)):
            snapshot_download(name, ignore_patterns=_NOT_NEEDED)
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        if not fetch:
            raise EncoderError(
                f"The model {shown} is not on this machine.",
                "The next build fetches it, which needs a network: blogqa build",
            ) from error
        raise EncoderError(
            f"The model {shown} is not on this machine and could not be fetched: "
            f"{textwrap.shorten(str(error), _LONGEST)}",
            f"Check the name and the network. Without one: run `hf download {name} --local-dir "
            f"FOLDER` on a machine that has it, copy the folder here, and set `{setting}` to its "
            "path.",
        ) from error
    return folder
