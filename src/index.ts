export type { Film, FilmDataset } from "./data/dataset.ts";
