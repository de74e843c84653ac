package dev.assay.worker;

import java.util.Optional;

/**
 * What came of one test; every rank knows it.
 *
 * @param report of the client; empty where it, or the server, failed
 * @param agreed both ends reported the same
 * @param problem why there is no report
 * @param memory where the buffers lay: {@code gpu}, {@code host} and why
 */
record RdmaResult(RdmaLink link, Optional<PerftestReport> report, boolean agreed, String problem, String memory) {}
