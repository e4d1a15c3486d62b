/** The inspector's own style sheet: it stands in a shadow root, so that neither it nor the page's reach the other. */
export const STYLE = `
:host { all: initial; }
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
.ghosts { position: fixed; inset: 0; width: 100vw; height: 100vh; pointer-events: none; z-index: 2147483645; }
.panel {
  position: fixed; inset: 0 0 0 auto; z-index: 2147483646; display: flex; flex-direction: column;
  width: min(var(--width, 380px), 100vw); color: var(--ink); background: var(--back);
  border-left: 1px solid var(--line); font: 12px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
  user-select: none; -webkit-user-select: none;
}
.grip { position: absolute; inset: 0 auto 0 -4px; width: 8px; cursor: ew-resize; touch-action: none; }
.grip:hover, .grip:focus-visible { background: color-mix(in srgb, var(--accent) 35%, transparent); outline: none; }
header { display: flex; gap: 8px; align-items: center; padding: 8px 8px 6px 12px; }
header b { font-weight: 650; }
header .state { display: flex; gap: 6px; align-items: center; min-width: 0; overflow: hidden; color: var(--dim); white-space: nowrap; }
header .state::before { flex: none; width: 7px; height: 7px; border-radius: 50%; background: var(--sent); content: ''; }
header .state.online::before { background: var(--received); }
header .state.closed::before { background: var(--bad); }
header .cost { margin-left: auto; color: var(--dim); white-space: nowrap; }
button, .chip {
  padding: 3px 8px; border: 1px solid var(--line); border-radius: 6px; font: inherit; color: var(--ink);
  background: var(--raised); cursor: pointer; white-space: nowrap;
}
button:hover { border-color: var(--dim); }
button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
header button { padding: 2px 7px; border-color: transparent; background: none; color: var(--dim); }
header button:hover { color: var(--ink); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
nav { display: flex; gap: 2px; padding: 0 8px; border-bottom: 1px solid var(--line); }
nav button { padding: 5px 10px; border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; color: var(--dim); }
nav button[aria-selected=true] { border-color: var(--accent); color: var(--ink); }
main { flex: 1; min-height: 0; overflow: auto; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
main > div { padding: 10px 12px 14px; }
main > .fill { display: flex; flex-direction: column; height: 100%; padding-bottom: 0; }
.graphs { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; }
.graphs > * { min-width: 0; }
.wide { grid-column: 1 / -1; }
figcaption { display: flex; gap: 6px; justify-content: space-between; color: var(--dim); white-space: nowrap; }
figcaption > span { overflow: hidden; text-overflow: ellipsis; }
figcaption output { color: var(--ink); }
figure canvas { display: block; width: 100%; }
.legend { display: flex; flex-wrap: wrap; gap: 0 10px; height: 34px; overflow: hidden; align-content: start; font-size: 11px; color: var(--dim); }
.legend span { display: flex; gap: 4px; align-items: center; }
.legend i { width: 7px; height: 7px; border-radius: 2px; }
h2 { font: inherit; font-weight: 650; }
.impair { display: grid; gap: 4px; margin-top: 8px; padding-top: 10px; border-top: 1px solid var(--line); }
.chips { display: flex; flex-wrap: wrap; gap: 4px; margin: 2px 0 4px; }
.chip { padding: 1px 8px; border-radius: 99px; font-size: 11px; }
.slider { display: grid; grid-template-columns: 72px 1fr 74px; gap: 8px; align-items: center; }
.slider label { color: var(--dim); }
.slider output { text-align: right; }
input { accent-color: var(--accent); }
input[type=range] { width: 100%; min-width: 0; margin: 0; }
.danger { justify-self: start; margin-top: 4px; color: var(--bad); }
.note { padding: 8px 0; color: var(--dim); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 1px 0 1px 10px; text-align: right; font-weight: 400; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
thead th { padding-bottom: 4px; color: var(--dim); }
.bytes td:last-child { position: relative; width: 44%; }
.bytes td:last-child span { position: relative; }
.bytes i { position: absolute; inset: 2px 0 2px 10px; border-radius: 2px; background: var(--accent); opacity: 0.22; transform-origin: right; }
.bytes .kind td { padding-top: 7px; font-weight: 650; cursor: pointer; }
.bytes .kind i { top: 8px; }
.bytes .field td:first-child { padding-left: 16px; color: var(--dim); }
summary { padding: 2px 0; cursor: pointer; }
.kind > summary { font-weight: 650; }
.count { margin-left: 8px; font-weight: 400; color: var(--dim); }
.kind > :not(summary) { margin-left: 13px; }
.entity > summary { color: var(--dim); }
.entity[open] > summary { color: var(--ink); }
.values { margin: 0 0 8px 4px; width: calc(100% - 4px); table-layout: fixed; }
.values th:first-child { width: 27%; color: var(--dim); }
.values td { overflow: hidden; text-overflow: ellipsis; }
.values .predicted, .key .predicted { color: var(--predicted); }
.values .received, .key .received { color: var(--received); }
.values .drawn, .key .drawn { color: var(--drawn); }
.bar { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; margin-bottom: 8px; color: var(--dim); }
.bar label { display: flex; gap: 5px; align-items: center; cursor: pointer; }
.bar input { margin: 0; }
.status { min-width: 0; }
.packets { display: flex; flex: 1; flex-direction: column; min-height: 0; margin: 0 -12px; border-top: 1px solid var(--line); }
.list { flex: 1; min-height: 80px; overflow: auto; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.list:focus-visible { outline-offset: -2px; }
.list { position: relative; }
.rows { position: absolute; inset: 0 0 auto; height: 0; }
.row { position: absolute; inset: 0 0 auto; display: flex; gap: 8px; height: 20px; padding: 1px 12px; cursor: pointer; white-space: nowrap; }
.row:hover { background: var(--raised); }
.row[aria-selected=true] { background: color-mix(in srgb, var(--accent) 20%, transparent); }
.row span:nth-child(1) { width: 46px; flex: none; color: var(--dim); text-align: right; }
.row span:nth-child(2) { color: var(--received); }
.row.sent span:nth-child(2) { color: var(--sent); }
.row span:nth-child(3) { flex: none; }
.row span:nth-child(4) { flex: none; color: var(--dim); }
.row span:nth-child(5) { overflow: hidden; color: var(--dim); text-overflow: ellipsis; }
.row.error span:nth-child(5) { color: var(--bad); }
.detail {
  flex: none; max-height: 46%; padding: 8px 12px; overflow: auto; border-top: 1px solid var(--line); background: var(--raised);
  font: 11px/1.5 ui-monospace, monospace; white-space: pre; user-select: text; -webkit-user-select: text; scrollbar-width: thin;
}
@media (max-width: 600px) { .panel { inset: auto 0 0; width: 100vw; height: 60vh; border: 0; border-top: 1px solid var(--line); } .grip { display: none; } }
`
