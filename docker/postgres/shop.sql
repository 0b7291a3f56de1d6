-- The shop of the samples: three tables and a few rows.
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  notes text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE products (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku varchar(40) NOT NULL,
  name text NOT NULL,
  price numeric(12, 2) NOT NULL,
  attributes jsonb,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  product_id bigint NOT NULL REFERENCES products,
  quantity int NOT NULL,
  amount numeric(12, 2) NOT NULL,
  status text NOT NULL DEFAULT 'new',
  ordered_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO customers (name, email)
SELECT 'Customer ' || n, 'customer' || n || '@example.com' FROM generate_series(1, 100) n;

INSERT INTO products (sku, name, price)
SELECT 'SKU-' || n, 'Product ' || n, n * 1.25 FROM generate_series(1, 20) n;

INSERT INTO orders (customer_id, product_id, quantity, amount)
SELECT 1 + n % 100, 1 + n % 20, 1 + n % 5, (1 + n % 5) * 1.25 FROM generate_series(1, 500) n;
