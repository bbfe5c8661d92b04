// What plain tf.js needs to run beside us: a backend that holds variables, and the gradients, which tfjs-core leaves out.
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { registerFlatGradients } from "./gradients/flat-gradients.ts";
import { registerOwnGradients } from "./gradients/own-gradients.ts";
import "./gradients/tfjs-gradients.ts";

registerFlatGradients();
registerOwnGradients();

// The cpu backend greets its first tensor with advice to install another package, on stderr.
const registration = tf.engine().registryFactory["cpu"]!;
const makeBackend = registration.factory;
registration.factory = () => Object.assign(makeBackend(), { firstUse: false });
