// Charts drawn from the JSON beside them; the table twin stays one press away.
import "../vendor/chart.js/4.6.1/chart.umd.min.js";

const drawn = new WeakMap();

function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.className = `chart-tone-${name}`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

// Names stand beside horizontal bars; long ones leave the bars their room, and the table has them whole.
function shortened(value) {
  const name = this.getLabelForValue(value);
  const most = this.chart.width < 480 ? 15 : 26;
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const tones = ["1", "2", "3", "4", "5"].map(colour);
  const [ink, line, ground] = ["ink", "line", "ground"].map(colour);
  const round = data.kind === "doughnut";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  globalThis.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  place.hidden = false;
  drawn.get(place)?.destroy();
  drawn.set(place, new globalThis.Chart(place.querySelector("canvas"), {
    type: data.kind,
    data: {
      labels: data.labels,
      datasets: data.series.map((series) => ({
        label: series.name,
        data: series.values,
        backgroundColor: round ? data.labels.map((_, at) => tones[at % tones.length]) : tones[(series.tone - 1) % tones.length],
        borderColor: data.stacked || round ? ground : tones[(series.tone - 1) % tones.length],
        borderWidth: data.stacked || round ? 1 : 2,
        borderRadius: data.stacked ? 2 : 5,
        maxBarThickness: 44,
        pointRadius: data.labels.length > 14 ? 0 : 3,
        pointHitRadius: 12,
        cubicInterpolationMode: "monotone",
      })),
    },
    options: {
      animation: still ? false : { duration: 300 },
      maintainAspectRatio: false,
      color: ink,
      indexAxis: data.horizontal ? "y" : "x",
      interaction: { mode: "index", axis: data.horizontal ? "y" : "x", intersect: false },
      scales: round ? {} : {
        [data.horizontal ? "y" : "x"]: { stacked: data.stacked, border: { color: line }, grid: { display: false }, ticks: data.horizontal ? { color: ink, autoSkip: false, callback: shortened } : { color: ink, maxRotation: 0, autoSkipPadding: 12 } },
        [data.horizontal ? "x" : "y"]: { stacked: data.stacked, beginAtZero: true, border: { display: false }, grid: { color: line }, ticks: { color: ink, precision: 0, maxTicksLimit: 6 } },
      },
      plugins: { legend: { display: round || data.series.length > 1, position: "bottom", labels: { color: ink, boxWidth: 12, boxHeight: 12 } } },
    },
  }));
}

export function drawCharts(root) {
  for (const place of root.querySelectorAll("[data-chart]")) {
    place.closest("figure")?.querySelector("details")?.removeAttribute("open");
    draw(place);
  }
}

new MutationObserver(() => drawCharts(document)).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawCharts(document));
