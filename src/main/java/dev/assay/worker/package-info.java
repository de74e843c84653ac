/**
 * What one rank does: read the spec, meet the others, run the workload, check, write. Knows neither Slurm nor the driver; it
 * reads {@code ASSAY_*} variables and files.
 *
 * <ul>
 *   <li><b>One rank's life</b>: {@code Worker} is main; {@code RankEnvironment} who it is, {@code RankContext} what runners work
 *       with, {@code Owned} what they must close, {@code Watchdog} and {@code ProcessEnd} what ends it.
 *   <li><b>Meeting</b>: {@code World} is all ranks, {@code Group} those of a communicator; below them {@code Rendezvous}, {@code
 *       Handshake}, {@code Hub} and {@code Frame}.
 *   <li><b>A runner a workload</b>: {@code Runner.of} picks it. What belongs to one begins with its name: {@code Collective…} with
 *       {@code Circle}, {@code Coupled…}, {@code Fabric…}, {@code Gemm…} with {@code AlgorithmChoice} and {@code Plateau}, {@code
 *       HostLink…}, {@code NodePair…} with {@code PairLink}, {@code Peer…}, {@code Rdma…} with {@code Perftest…} and {@code
 *       TcpPorts}, {@code Sft…}; of {@code launch} {@code HostBenchmark}, {@code BenchmarkChild} and {@code JmhResult}; of {@code
 *       memtest} {@code TestedMemory}.
 *   <li><b>Timing</b>, which runners share: {@code Pipeline}, {@code Timed}, {@code WatchedLoad}, {@code Told}.
 *   <li><b>What is written beside the work</b>: {@code Identity}, {@code HealthLines}, {@code TelemetryLines}, {@code NicWindow}.
 * </ul>
 */
package dev.assay.worker;
