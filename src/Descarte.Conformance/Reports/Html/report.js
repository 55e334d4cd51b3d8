'use strict';
let data;

// JSON, packed with gzip, in base64.
async function unpacked() {
  const bytes = Uint8Array.from(atob(document.getElementById('data').textContent), one => one.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json();
}
const lost = new Set(['Reset', 'EndOfStream', 'Truncated', 'TimedOut', 'Malformed']);
const words = {
  Answered: 'answered', Unavailable: '503', AnsweredThenReset: 'answered, then reset', Refused: 'refused', ConnectTimedOut: 'connect timed out',
  NotProcessed: 'not processed', Reset: 'reset', EndOfStream: 'end of stream', Truncated: 'truncated', TimedOut: 'silence', Malformed: 'not HTTP',
};
const hidden = new Set();
const svgNs = 'http://www.w3.org/2000/svg';

// Everything that a subject said goes in as text, never as markup.
function element(parent, name, text, attributes) {
  const node = parent.appendChild(document.createElement(name));
  if (text !== undefined) node.textContent = text;
  for (const [key, value] of Object.entries(attributes ?? {})) node.setAttribute(key, value);
  return node;
}

function shape(parent, name, attributes, text) {
  const node = parent.appendChild(document.createElementNS(svgNs, name));
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

const ms = microseconds => `${(microseconds / 1000).toFixed(1)} ms`;

function clauses() {
  const body = document.getElementById('clauses');
  for (const result of data.results) {
    const row = element(body, 'tr', undefined, { id: result.id });
    element(row, 'td', result.id);
    element(row, 'td', result.word, { class: result.verdict });
    element(row, 'td', result.title);
    const seen = element(row, 'td', result.observed + ' ');
    for (const number of result.trials.slice(0, 3)) {
      if (data.trials.some(trial => trial.number === number)) {
        element(seen, 'button', `trial ${number}`, { class: 'link', type: 'button' }).addEventListener('click', () => choose(number));
        seen.append(' ');
      }
    }
  }
  const failures = document.getElementById('failures');
  for (const result of data.results.filter(one => one.verdict === 'Fail')) {
    element(failures, 'h3', `${result.id} ${result.title}`);
    const list = element(failures, 'dl');
    for (const [name, text] of [['Expected', result.requirement], ['Observed', result.observed], ['Remedy', result.remedy], ['Source', result.source]]) {
      element(list, 'dt', name);
      element(list, 'dd', text);
    }
  }
  const diagnoses = document.getElementById('diagnoses');
  for (const diagnosis of data.diagnoses) {
    element(diagnoses, 'h3', diagnosis.cause);
    const list = element(diagnoses, 'dl');
    for (const fact of diagnosis.facts) {
      element(list, 'dt', 'Fact');
      element(list, 'dd', fact);
    }
    element(list, 'dt', 'Remedy');
    element(list, 'dd', diagnosis.remedy);
  }
  document.getElementById('diagnosed').hidden = data.diagnoses.length === 0;
  document.getElementById('failed').hidden = !data.results.some(one => one.verdict === 'Fail');
}

function filters() {
  const box = document.getElementById('outcomes');
  const present = new Set(data.trials.flatMap(trial => trial.lanes.flatMap(lane => lane.requests.map(request => request.outcome))));
  for (const outcome of Object.keys(words).filter(one => present.has(one))) {
    const label = element(box, 'label');
    const check = element(label, 'input', undefined, { type: 'checkbox', 'data-outcome': outcome });
    check.checked = true;
    const swatch = shape(label, 'svg', { class: 'swatch', viewBox: '0 0 12 12', 'aria-hidden': 'true' });
    shape(swatch, 'rect', { class: `bar ${outcome}`, width: 12, height: 12 });
    label.append(words[outcome]);
    check.addEventListener('change', () => {
      if (check.checked) hidden.delete(outcome); else hidden.add(outcome);
      draw();
    });
  }
}

const chooser = document.getElementById('trial');

function choose(number) {
  chooser.value = String(number);
  draw();
  document.getElementById('picture').scrollIntoView({ behavior: 'smooth', block: 'start' });
}

function draw() {
  const svg = document.getElementById('picture');
  svg.replaceChildren();
  const trial = data.trials.find(one => one.number === Number(chooser.value));
  document.getElementById('output').textContent = trial ? trial.output : '';
  document.getElementById('told').textContent = '';
  if (!trial) return;
  const lanes = trial.lanes.map(lane => ({ name: lane.name, requests: lane.requests.filter(request => !hidden.has(request.outcome)) })).filter(lane => lane.requests.length > 0);
  if (trial.shown < trial.seen) document.getElementById('told').textContent = `${trial.shown} of ${trial.seen} requests are drawn: those that came to harm, and those nearest to the signal.`;

  // The picture ends where something ended. What lies behind that, the end of the grace period most often, is named at its edge.
  const ends = [...trial.marks.filter(mark => mark.kind !== 'grace').map(mark => mark.at), ...lanes.flatMap(lane => lane.requests.map(request => request.to))];
  const from = Math.min(-50_000, ...lanes.flatMap(lane => lane.requests.map(request => request.from)));
  const to = Math.max(50_000, ...ends.filter(at => at < trial.until)) * 1.05;
  const left = 110, width = 1160, top = 64, height = 8, gap = 3;
  const x = at => left + (Math.min(Math.max(at, from), to) - from) / (to - from) * (width - left - 10);
  const bottom = top + lanes.length * (height + gap) + 6;
  svg.setAttribute('viewBox', `0 0 ${width} ${bottom + 22}`);
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].find(one => (to - from) / 1000 / one <= 12) ?? 20000;
  for (let tick = Math.ceil(from / 1000 / step) * step; tick * 1000 <= to; tick += step) {
    shape(svg, 'line', { class: 'axis', x1: x(tick * 1000), x2: x(tick * 1000), y1: top - 4, y2: bottom });
    shape(svg, 'text', { x: x(tick * 1000), y: bottom + 14, 'text-anchor': 'middle' }, `${tick} ms`);
  }
  trial.marks.forEach((mark, index) => {
    const [isBeyond, y] = [mark.at > to, 12 + 12 * (index % 4)];
    shape(svg, 'line', { class: `mark mark-${mark.kind}`, x1: x(mark.at), x2: x(mark.at), y1: y, y2: bottom });
    shape(svg, 'text', { x: x(mark.at) + (isBeyond ? -3 : 3), y, 'text-anchor': isBeyond ? 'end' : 'start' }, `${mark.name} ${ms(mark.at)}${isBeyond ? ' \u2192' : ''}`);
  });
  lanes.forEach((lane, index) => {
    const y = top + index * (height + gap);
    shape(svg, 'text', { x: 0, y: y + height }, lane.name);
    for (const request of lane.requests) {
      const end = Math.max(x(request.from) + 2, x(request.to));
      const text = `${lane.name}: ${words[request.outcome]}${request.status ? `, status ${request.status}` : ''}${request.close ? ', Connection: close' : ''}; from ${ms(request.from)} to ${ms(request.to)}`
        + `${request.written === null ? ', nothing written' : `, written at ${ms(request.written)}`}${request.first === null ? '' : `, first byte at ${ms(request.first)}`}`;
      const bar = shape(svg, 'rect', { class: `bar ${request.outcome}`, x: x(request.from), y, width: end - x(request.from), height, tabindex: -1 });
      shape(bar, 'title', {}, text);
      bar.addEventListener('mouseenter', () => { document.getElementById('told').textContent = text; });
      if (lost.has(request.outcome)) {
        shape(svg, 'path', { class: 'cross', d: `M${end - 4} ${y}l8 ${height}M${end + 4} ${y}l-8 ${height}` });
      }
    }
  });
}

// report.html#3.4: that clause, and the picture of what it was judged by.
function point() {
  const result = data.results.find(one => one.id === location.hash.slice(1));
  for (const row of document.querySelectorAll('#clauses tr')) row.classList.toggle('pointed', row.id === result?.id);
  if (!result) return;
  const shown = result.trials.find(number => data.trials.some(trial => trial.number === number));
  if (shown !== undefined) chooser.value = String(shown);
  draw();
  document.getElementById(result.id).scrollIntoView();
}

async function show() {
  data = await unpacked();
  clauses();
  filters();
  for (const trial of data.trials) element(chooser, 'option', trial.name, { value: trial.number });
  if (data.trials.length > 0) chooser.value = String(data.first);
  chooser.addEventListener('change', draw);
  draw();
  addEventListener('hashchange', point);
  point();
}

show().catch(error => { document.getElementById('told').textContent = `This page cannot be shown: ${error.message}`; });
