// The choice of a Jalali day, month or year for the range of dates. The browser knows the calendar (Intl).

const DAY = 86400000;
const parts = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric" });
const WEEK = { fa: ["ش", "ی", "د", "س", "چ", "پ", "ج"], en: ["Sa", "Su", "Mo", "Tu", "We", "Th", "Fr"] };

// Returns year, month and day of a time in the Jalali calendar.
function jalali(time) {
  const found = Object.fromEntries(parts.formatToParts(time).map(({ type, value }) => [type, parseInt(value, 10)]));
  return [found.year, found.month, found.day];
}

// Returns the time of the first day of a Jalali month.
function firstOf(year, month) {
  let time = Date.UTC(year + 621, 2, 18) + Math.min(month - 1, 6) * 31 * DAY + Math.max(month - 7, 0) * 30 * DAY;
  for (;;) {
    const [y, m, d] = jalali(time);
    if (y === year && m === month) return time - (d - 1) * DAY;
    time += DAY;
  }
}

export function startCalendar(navigation) {
  const words = document.getElementById("date-words");
  const language = document.documentElement.lang;
  const months = [...words.content.querySelectorAll("li")].map((item) => item.textContent);
  const digits = (number) =>
    language === "fa" ? String(number).replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]) : String(number);
  const latin = (text) => text.replace(/[۰-۹]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹".indexOf(digit));

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".pick");
    if (button) open(document.getElementById(button.dataset.for), button);
  });

  function make(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function open(entry, button) {
    const typed = latin(entry.value).match(/^(1[0-6]\d\d)(?:[-/](\d{1,2}))?/);
    const bars = document.querySelectorAll(".axis span");
    const [thisYear, thisMonth] = jalali(Date.now());
    const edge = bars[entry.id === "since" ? 0 : bars.length - 1]?.textContent;
    let year = Number(typed?.[1] ?? (edge ? latin(edge) : thisYear));
    let month = Math.min(Math.max(Number(typed?.[2] ?? (edge ? 1 : thisMonth)), 1), 12);
    const dialog = make("dialog", { className: "calendar" });
    dialog.setAttribute("aria-label", button.getAttribute("aria-label"));

    function choose(value) {
      const name = entry.id;
      entry.value = digits(value);
      dialog.close();
      navigation.search({ focus: name });
    }

    function turn(step) {
      const number = year * 12 + month - 1 + step;
      [year, month] = [Math.floor(number / 12), (number % 12) + 1];
      draw();
    }

    const pad = (number) => String(number).padStart(2, "0");
    const yearBox = make("input", { type: "text", inputMode: "numeric", ariaLabel: words.dataset.year });
    const monthBox = make("select", { ariaLabel: words.dataset.month }, ...months.map((name, place) => new Option(name, place + 1)));
    const before = make("button", { type: "button", textContent: "‹", ariaLabel: words.dataset.previousMonth, onclick: () => turn(-1) });
    const after = make("button", { type: "button", textContent: "›", ariaLabel: words.dataset.nextMonth, onclick: () => turn(1) });
    const days = make("div", { className: "days" });
    const foot = make(
      "div",
      { className: "calendar-foot" },
      make("button", { type: "button", textContent: words.dataset.wholeMonth, onclick: () => choose(`${year}/${pad(month)}`) }),
      make("button", { type: "button", textContent: words.dataset.wholeYear, onclick: () => choose(String(year)) }),
      make("button", { type: "button", textContent: words.dataset.close, onclick: () => dialog.close() }),
    );
    yearBox.addEventListener("input", () => {
      const given = Number(latin(yearBox.value));
      if (given < 1000 || given >= 1700) return;
      year = given;
      draw();
    });
    monthBox.addEventListener("change", () => {
      month = Number(monthBox.value);
      draw();
    });

    function draw() {
      yearBox.value = digits(year);
      monthBox.value = String(month);
      const first = firstOf(year, month);
      const next = month === 12 ? firstOf(year + 1, 1) : firstOf(year, month + 1);
      const blanks = Array.from({ length: (new Date(first).getUTCDay() + 1) % 7 }, () => make("i"));
      const numbers = Array.from({ length: Math.round((next - first) / DAY) }, (_, place) => {
        const day = place + 1;
        const label = `${digits(day)} ${months[month - 1]} ${digits(year)}`;
        return make("button", { type: "button", textContent: digits(day), ariaLabel: label, onclick: () => choose(`${year}/${pad(month)}/${pad(day)}`) });
      });
      const names = WEEK[language].map((name) => make("span", { textContent: name, ariaHidden: "true" }));
      days.replaceChildren(...names, ...blanks, ...numbers);
    }

    draw();
    dialog.append(make("div", { className: "calendar-head" }, before, monthBox, yearBox, after), days, foot);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (button.isConnected) button.focus();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    monthBox.focus();
  }
}
