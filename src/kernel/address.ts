/** A buyer's address as stores give it and the API takes it; what is left out or null is not known. Personal data. */
export interface ShipTo {
  name: string;
  company?: string | null;
  line1: string;
  line2?: string | null;
  city: string;
  region?: string | null;
  postal_code?: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string;
  phone?: string | null;
  email?: string | null;
}
