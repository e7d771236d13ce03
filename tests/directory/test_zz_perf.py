import io, time, cProfile, pstats
from directory.imports import generating
from directory.services import contact_imports
from tests.factories.directory import MORNING
def test_perf(acme):
    t=io.StringIO(); generating.write(stream=t, rows=10000, seed=1, faults=60)
    raw=t.getvalue().encode()
    for what,write in (("dry",False),("import",True),("again",True)):
        s=time.process_time(); w=time.time()
        p=cProfile.Profile(); 
        r=contact_imports.run_file(business=acme, stream=io.BytesIO(raw), write=write, at=MORNING)
        print("PERF",what,"cpu",time.process_time()-s,"wall",time.time()-w,r.counts)
