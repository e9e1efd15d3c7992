/** Leads back to the answer from which a post was opened; without it the bar lacks that link. */

const back = document.querySelector("a.back");
const referrer = URL.canParse(document.referrer) ? new URL(document.referrer) : null;

if (
  back instanceof HTMLAnchorElement &&
  referrer?.origin === location.origin &&
  referrer.pathname === "/" &&
  referrer.searchParams.has("q")
) {
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
