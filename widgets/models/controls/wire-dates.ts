/** Dates as ipywidgets writes them: numbers by unit, months from 0. */
type WireUnits = Readonly<Record<string, number>>;

/** The calendar day that a date shows in the machine's time zone. */
export function wireFromDate(date: Date): WireUnits {
  return { year: date.getFullYear(), month: date.getMonth(), date: date.getDate() };
}

/** Midnight of the day, in the machine's time zone. */
export function dateFromWire({ year, month, date }: WireUnits): Date {
  return localDate(year!, month!, date!);
}

/** The time of day that a date shows in the machine's time zone. */
export function wireFromTime(date: Date): WireUnits {
  return {
    hours: date.getHours(),
    minutes: date.getMinutes(),
    seconds: date.getSeconds(),
    milliseconds: date.getMilliseconds(),
  };
}

/** The time on 1 January 1970, in the machine's time zone. */
export function timeFromWire({ hours, minutes, seconds, milliseconds }: WireUnits): Date {
  return new Date(1970, 0, 1, hours, minutes, seconds, milliseconds);
}

/** A moment, in UTC. */
export function wireFromDatetime(date: Date): WireUnits {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    date: date.getUTCDate(),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
    milliseconds: date.getUTCMilliseconds(),
  };
}

export function datetimeFromWire(wire: WireUnits): Date {
  const moment = new Date(0);
  moment.setUTCFullYear(wire["year"]!, wire["month"], wire["date"]);
  moment.setUTCHours(wire["hours"]!, wire["minutes"], wire["seconds"], wire["milliseconds"]);
  return moment;
}

/** Date and time as a clock on the wall of this machine shows them. */
export function wireFromLocalDatetime(date: Date): WireUnits {
  return { ...wireFromDate(date), ...wireFromTime(date) };
}

export function localDatetimeFromWire(wire: WireUnits): Date {
  const local = dateFromWire(wire);
  local.setHours(wire["hours"]!, wire["minutes"], wire["seconds"], wire["milliseconds"]);
  return local;
}

/** Years below 100 too, which the constructor of Date takes for 19xx. */
function localDate(year: number, month: number, day: number): Date {
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month, day);
  return date;
}
