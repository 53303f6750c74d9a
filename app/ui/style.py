"""The looks: system fonts, the theme's colours, light and dark, one column on a phone. Nothing is fetched."""

from typing import Any

import gradio as gr

CSS = """
.gradio-container { width: 100% !important; max-width: 1320px !important; margin: 0 auto; }
#top { align-items: center; gap: 8px; flex-wrap: nowrap; }
.block:has(> .html-container > [id^="html-"]:empty) { display: none; }
#title h1 { margin: 4px 0 0; white-space: nowrap; }
#top > .column { min-width: 0 !important; }
#language { min-width: 0 !important; flex: 0 0 auto; padding: 0; width: auto; }
#language .wrap { flex-wrap: nowrap; }
#shade { flex: 0 0 auto; min-width: 44px; }
#desk { display: grid; gap: 16px; align-items: start; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
  grid-template-areas: "drop work" "page work"; grid-template-rows: auto 1fr; }
#drop { grid-area: drop; } #view { grid-area: page; position: sticky; top: 8px; } #work { grid-area: work; }
#drop, #view, #work { min-width: 0 !important; }
#page { padding: 0; } #page img { width: 100%; height: auto; max-height: 84vh; object-fit: contain; }
#position { text-align: center; } #position p { margin: 0; overflow-wrap: anywhere; }
#samples { align-items: center; flex-wrap: nowrap; gap: 8px; }
#samples button { flex: 0 1 auto; }
#samples > .block { width: auto; flex: 1 1 auto; }
#turning { align-items: center; }
#turning button { flex: 0 0 auto; min-width: 96px; }
#question button.submit-button, #question button.stop-button { padding: 4px 16px; width: auto; height: auto;
  border-radius: 6px; }
#question button.submit-button, button.primary { background: var(--primary-700); color: white; }
.quiet { color: var(--body-text-color); opacity: .78; font-size: .9rem; }
.note { margin: .4rem 0; overflow-wrap: anywhere; }
.note.error, .note.warn { padding: 8px 12px; border-radius: 6px; border-left: 4px solid #d97706;
  background: var(--background-fill-secondary); color: var(--body-text-color); }
.note.error { border-color: #dc2626; }
.turn { padding: 12px 14px; margin: 0 0 12px; border-radius: 8px;
  border: 1px solid var(--border-color-primary); background: var(--block-background-fill); }
.turn .asked { margin: 0 0 4px; color: var(--body-text-color); opacity: .78; overflow-wrap: anywhere; }
.turn .answer { margin: 0 0 8px; font-size: 1.35rem; font-weight: 600; overflow-wrap: anywhere;
  white-space: pre-wrap; color: var(--body-text-color); }
.turn .answer.absent { font-weight: 400; font-style: italic; }
.line { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.caret { display: inline-block; width: .5em; height: 1em; margin-left: 2px; vertical-align: text-bottom;
  background: var(--primary-500); animation: blink 1s steps(2) infinite; }
@keyframes blink { 50% { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .caret { animation: none; } }
.place, .copy { font: inherit; font-size: .95rem; cursor: pointer; padding: 6px 10px; min-height: 36px;
  border-radius: 6px; text-align: left;
  border: 1px solid var(--border-color-primary); background: var(--background-fill-secondary);
  color: var(--body-text-color); overflow-wrap: anywhere; }
.place { border-color: var(--primary-600); }
.place:hover, .copy:hover { background: var(--background-fill-primary); }
.place:focus-visible, .copy:focus-visible, .thumb:focus-visible { outline: 3px solid var(--primary-500);
  outline-offset: 1px; }
.badge { padding: 2px 8px; border-radius: 999px; font-size: .85rem; white-space: nowrap; color: #0f172a; }
.badge.high { background: #a7f3d0; } .badge.middle { background: #fde68a; }
.badge.low { background: #fecaca; }
.badge.wide { white-space: normal; border-radius: 8px; display: inline-block; }
.strip { display: flex; gap: 8px; overflow-x: auto; padding: 4px 2px 8px; align-items: flex-end; }
.strip .file { align-self: center; font-size: .8rem; max-width: 90px; overflow-wrap: anywhere;
  color: var(--body-text-color); opacity: .78; }
.thumb { font: inherit; flex: 0 0 auto; cursor: pointer; padding: 3px; border-radius: 6px;
  border: 2px solid transparent;
  background: var(--background-fill-secondary); color: var(--body-text-color); line-height: 1.2; }
.thumb[aria-current] { border-color: var(--primary-600); }
.thumb img, .thumb .blank { display: block; height: 92px; min-width: 52px; width: auto; background: white;
  border-radius: 3px; margin: 0; }
.thumb .number { font-size: .8rem; }
table.facts { width: 100%; border-collapse: collapse; color: var(--body-text-color); }
table.facts th, table.facts td { text-align: left; vertical-align: top; padding: 6px 8px;
  border-bottom: 1px solid var(--border-color-primary); overflow-wrap: anywhere; }
table.facts th { font-weight: 600; white-space: nowrap; color: var(--body-text-color); opacity: .78; }
table.facts td.name { min-width: 6em; }
table.facts tr.chosen td { background: color-mix(in srgb, var(--primary-500) 16%, transparent); }
.scroll { overflow-x: auto; max-height: 60vh; overflow-y: auto; }
.meter { height: 12px; width: 100%; margin: 6px 0; appearance: none; border: none; border-radius: 6px;
  overflow: hidden; background: var(--border-color-primary); }
.meter::-webkit-progress-bar { background: var(--border-color-primary); }
.meter::-webkit-progress-value { background: var(--primary-600); }
.meter::-moz-progress-bar { background: var(--primary-600); }
.parcel { display: none !important; }
code.command { padding: 2px 6px; border-radius: 4px; background: var(--background-fill-secondary);
  overflow-wrap: anywhere; }
@media (max-width: 820px) {
  #desk { grid-template-columns: minmax(0, 1fr); grid-template-areas: "drop" "work" "page"; }
  #view { position: static; }
  #title h1 { font-size: 1.3rem; }
  #language label { padding: 6px 8px; }
  .gradio-container { padding: 8px !important; }
  table.facts th, table.facts td { padding: 6px 4px; font-size: .9rem; }
  table.models th:nth-child(3), table.models td:nth-child(3) { display: none; }
}
"""
CARD: dict[str, Any] = {"apply_default_css": False}
# Buttons in cards tell the server their numbers; copying stays in the browser.
CARDS_JS = """
element.addEventListener('click', async (event) => {
  const copy = event.target.closest('button[data-copy]');
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    const before = copy.textContent;
    copy.textContent = copy.dataset.done;
    setTimeout(() => { copy.textContent = before; }, 1500);
    return;
  }
  const button = event.target.closest('button.place');
  if (button) trigger('click', {turn: Number(button.dataset.turn), place: Number(button.dataset.place)});
});
"""
FACTS_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button.place');
  if (!button) return;
  element.querySelectorAll('tr.chosen').forEach((row) => row.classList.remove('chosen'));
  button.closest('tr').classList.add('chosen');
  trigger('click', {fact: Number(button.dataset.fact)});
});
"""
STRIP_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button.thumb');
  if (button) trigger('click', {at: Number(button.dataset.at)});
});
element.addEventListener('keydown', (event) => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  if (step) { event.preventDefault(); trigger('click', {step}); }
});
"""
# "/" goes to the question from anywhere but where something is being typed.
KEYS_JS = """
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, [contenteditable=true]');
  const box = document.querySelector('#question textarea, #question input');
  if (event.key === '/' && !typing && box && box.offsetParent) { event.preventDefault(); box.focus(); }
});
"""
SHADE_JS = "() => { document.body.classList.toggle('dark'); }"
# On a phone the page is below the answers.
TO_PAGE_JS = """
() => { if (window.innerWidth <= 820)
  document.querySelector('#view').scrollIntoView({behavior: 'smooth', block: 'start'}); }
"""


def theme() -> gr.themes.Base:
    """The look: system fonts only, so that nothing is fetched."""
    return gr.themes.Soft(
        primary_hue="teal",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
