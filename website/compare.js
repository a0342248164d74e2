// Two reports beside each other. What reports say is untrusted: it is only ever written as text.
"use strict";

const runs = [];
const element = (id) => document.getElementById(id);

function add(title, run) {
  runs.push(run);
  for (const id of ["before", "after"]) {
    const option = document.createElement("option");
    option.value = String(runs.length - 1);
    option.textContent = title;
    element(id).append(option);
  }
}

function cell(row, tag, text, status) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (status) made.className = status.replaceAll(" ", "-").replaceAll("/", "");
  row.append(made);
}

function show() {
  const before = runs[element("before").value];
  const after = runs[element("after").value];
  const table = element("table");
  table.replaceChildren();
  if (!before || !after) return;
  const ids = [...new Set([...Object.keys(after.statuses), ...Object.keys(before.statuses)])];
  let different = 0;
  for (const id of ids) {
    const [old, now] = [before.statuses[id], after.statuses[id]];
    if (old !== now) different += 1;
    if (old === now && !element("all").checked) continue;
    const row = table.insertRow();
    cell(row, "th", id);
    cell(row, "td", old ?? "not there", old);
    cell(row, "td", now ?? "not there", now);
  }
  element("said").textContent =
    `${before.verdict}, then ${after.verdict}; ` +
    `${different} of ${ids.length} clauses have another status`;
}

async function load(event) {
  try {
    const report = JSON.parse(await event.target.files[0].text());
    const statuses = Object.fromEntries(
      report.clauses.map((clause) => [String(clause.id), String(clause.status)]),
    );
    add(`yours: ${event.target.files[0].name}`, { verdict: String(report.verdict), statuses });
    element("after").value = String(runs.length - 1);
    show();
  } catch (problem) {
    element("said").textContent = `This is no report.json of the suite: ${problem.message}`;
  }
}

for (const target of JSON.parse(element("data").textContent).targets) {
  for (const run of target.runs) add(`${target.title}, ${run.name}`, run);
}
element("after").value = String(runs.length - 1);
for (const id of ["before", "after", "all"]) element(id).addEventListener("change", show);
element("file").addEventListener("change", load);
show();
