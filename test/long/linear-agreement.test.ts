// Linearizability agrees with the brute-force judge on 100,000 random histories of every model.
import { describeAgreement } from '../checker/agreement.ts';

describeAgreement(6_000);
