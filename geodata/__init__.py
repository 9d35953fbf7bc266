"""Reference data of the French territory: communes, EPCI, contours, and the register of CPTS."""
