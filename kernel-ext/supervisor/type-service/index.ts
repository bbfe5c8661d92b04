export { TypeService, type TypeProblem, type TypeServiceOptions } from "./type-service.ts";
