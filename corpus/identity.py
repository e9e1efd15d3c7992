"""What makes two finds the same post: canonical URLs and stable ids."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from contextlib import suppress
from pathlib import PurePosixPath
from string import ascii_letters, digits
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_DEFAULT_PORTS = {80, 443}
_SLUG_LENGTH = 60
_FILE_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")
_TRACKING_NAMES = {
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ttclid",
    "twclid",
    "vero_id",
    "wbraid",
    "yclid",
}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
# RFC 3986, sections 2.2 and 2.3; "%" because what is escaped stays so.
_UNRESERVED = frozenset(f"{ascii_letters}{digits}-._~")
_SAFE = ":/?#[]@!$&'()*+,;=-._~%"
# Blogger's switch between its mobile and desktop templates; another value of m means something.
_TRACKING_PAIRS = {"m=0", "m=1"}


def web_url(text: str) -> str | None:
    """The address in ``text`` if it is an absolute http or https URL, else None."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        # Reading the port checks it: urlsplit accepts "http://host:port/".
        usable = usable and parts.port != 0
    except ValueError:
        return None
    return url if usable and not re.search(r"\s", url) else None


def canonical_url(url: str) -> str:
    """The one form of a web address under which all its variants compare equal.

    Host in lower case, in ASCII (IDNA) and without "www.", https for http, no default port, user
    name, fragment, tracking parameter or trailing slash; the other query parameters sorted by name;
    escapes as RFC 3986, section 6.2.2, has them. ``url`` is one that :func:`web_url` accepts;
    ValueError if the address cannot be split.
    """
    parts = urlsplit(url.strip())
    host = ascii_host((parts.hostname or "").lower().rstrip(".")).removeprefix("www.")
    if parts.port is not None and parts.port not in _DEFAULT_PORTS:
        host = f"{host}:{parts.port}"
    path, query = _escaped(parts.path).rstrip("/"), _escaped(_without_tracking(parts.query))
    # Split by hand: parse_qsl and urlencode would rewrite bytes that are not UTF-8.
    pairs = sorted(query.split("&"), key=lambda pair: pair.partition("=")[0])
    return urlunsplit(("https", host, path, "&".join(pairs), ""))


def without_tracking(url: str) -> str:
    """``url`` without the parameters that only say where its reader came from."""
    parts = urlsplit(url)
    query = _without_tracking(parts.query)
    # An address without any is left as it was written.
    return url if query == parts.query else urlunsplit(parts._replace(query=query))


def _without_tracking(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _escaped(text: str) -> str:
    """``text`` with escapes in capitals, none of a letter or digit, and all others escaped."""
    known = _ESCAPE.sub(_unreserved, text)
    return quote(known, safe=_SAFE, errors="surrogatepass")


def _unreserved(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def ascii_host(host: str) -> str:
    """``host`` as it stands in an address: in ASCII (IDNA), in brackets if it is of IPv6."""
    # What IDNA has no form for is left as it is: it is no host anybody can reach.
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    return f"[{host}]" if ":" in host else host


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return (
        name in _TRACKING_NAMES
        or name.startswith(_TRACKING_PREFIXES)
        or pair.lower() in _TRACKING_PAIRS
    )


def slug(text: str) -> str:
    """``text`` as ASCII words in lower case with hyphens, 60 characters at most, or "post"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if len(words) > _SLUG_LENGTH:
        head, hyphen, _ = words[: _SLUG_LENGTH + 1].rpartition("-")
        words = head if hyphen else words[:_SLUG_LENGTH]
    return words or "post"


def post_id(*, url: str | None, source: str, place: str) -> str:
    """The id of a post, ``<slug>-<8 hex>``: stable over imports, safe in a URL path.

    With a URL the id is the same wherever the post is found; without one it belongs to the place
    in the source.
    """
    if url is None:
        # A file name may hold bytes that are no UTF-8, which Python keeps as lone surrogates.
        identity = f"{source}/{place}".encode(errors="surrogatepass")
        name = PurePosixPath(place).stem
    else:
        canonical = canonical_url(url)
        identity = canonical.encode(errors="surrogatepass")
        segment = urlsplit(canonical).path.rpartition("/")[2]
        name = _FILE_EXTENSION.sub("", unquote(segment))
    return f"{slug(name)}-{hashlib.sha256(identity).hexdigest()[:8]}"
