/**
 * JMH benchmarks of the host side, run in a JVM of their own that a worker starts. Nobody else knows this package or JMH: both
 * lie in the folder {@code jmh} beside the worker's jars, JMH being under the GPL 2 with Classpath Exception.
 */
package dev.assay.benchmark;
