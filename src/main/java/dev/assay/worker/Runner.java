package dev.assay.worker;

/** What one rank does for one workload; it leaves measurements and checks with the context's writer. */
interface Runner {
    void run() throws Exception;
}
