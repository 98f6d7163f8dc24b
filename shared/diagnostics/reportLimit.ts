/** More lines are not put into one report. */
export const maxReportLines = 5_000;
