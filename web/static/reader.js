/** Leads back to the answer or the map from which a post was opened; else the bar lacks that link. */

const back = document.querySelector("a.back");
const referrer = URL.canParse(document.referrer) ? new URL(document.referrer) : null;
const fromMap = referrer?.pathname === "/map";

if (
  back instanceof HTMLAnchorElement &&
  referrer?.origin === location.origin &&
  (fromMap || (referrer.pathname === "/" && referrer.searchParams.has("q")))
) {
  if (fromMap) back.textContent = "Back to the map";
  back.href = referrer.href;
  back.hidden = false;
  back.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Back keeps the place on the page; a tab of its own has nowhere to go back to.
    if (history.length > 1) history.back();
    else location.assign(back.href);
  });
}
