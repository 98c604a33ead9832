/**
 * The way of the project's original page: Chart.js, one event per transaction, every chart updated at every event, with
 * the library's defaults, animation included.
 */
import Chart from "chart.js/auto";

interface Sold {
  readonly total_amount: number;
  readonly status: string;
  readonly payment_method: string;
}

const POINTS = 50;
const TYPES = ["line", "pie", "doughnut"] as const;

for (const source of ["faker", "mockoon"]) {
  const [amounts, statuses, payments] = TYPES.map((type) => {
    const box = document.createElement("div");
    box.style.cssText = "display: inline-block; width: 400px; height: 260px";
    const canvas = document.createElement("canvas");
    box.append(canvas);
    document.querySelector("main")?.append(box);
    return new Chart(canvas, {
      type,
      data: { labels: [] as string[], datasets: [{ label: source, data: [] as number[] }] },
      options: { responsive: true, maintainAspectRatio: false },
    });
  });
  const stream = new EventSource(source);
  stream.addEventListener("message", (event) => {
    const sold = JSON.parse(event.data) as Sold;
    append(amounts, new Date().toLocaleTimeString(), sold.total_amount);
    count(statuses, sold.status);
    count(payments, sold.payment_method);
  });
}

type AnyChart = Chart<(typeof TYPES)[number], number[], string> | undefined;

function append(chart: AnyChart, label: string, value: number): void {
  const [values] = chart?.data.datasets ?? [];
  if (!chart || !values) return;
  chart.data.labels?.push(label);
  values.data.push(value);
  if (values.data.length > POINTS) {
    chart.data.labels?.shift();
    values.data.shift();
  }
  chart.update();
}

/** In the order of arrival, as there: so the colours of two pies do not mean the same. */
function count(chart: AnyChart, label: string): void {
  const [values] = chart?.data.datasets ?? [];
  const labels = chart?.data.labels;
  if (!chart || !values || !labels) return;
  if (!labels.includes(label)) {
    labels.push(label);
    values.data.push(0);
  }
  const at = labels.indexOf(label);
  values.data[at] = (values.data[at] ?? 0) + 1;
  chart.update();
}
