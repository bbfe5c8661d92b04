export {
  CommRegistry,
  type CommInput,
  type CommOutput,
  type CommRegistryOptions,
} from "./comm-registry.ts";
