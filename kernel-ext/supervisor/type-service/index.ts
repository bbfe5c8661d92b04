export { describeProblems, type TypeProblem } from "./type-problem.ts";
export { TypeService, type CheckOptions, type TypeServiceOptions } from "./type-service.ts";
