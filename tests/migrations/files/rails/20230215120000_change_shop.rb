class ChangeShop < ActiveRecord::Migration[6.1]
  disable_ddl_transaction!

  class Order < ActiveRecord::Base
    def change
      raise "not this one"
    end
  end

  def up
    add_column :orders, :note, :string, default: "it's"
    add_index :orders, [:note, :total], algorithm: :concurrently, where: "note <> ''"
    add_reference :customers, :parent, index: false, foreign_key: { to_table: :customers, validate: false }
    validate_foreign_key :customers, column: :parent_id
    change_column_null :customers, :name, false, "nobody"
    change_column :orders, :total, :bigint, using: "total::bigint" if false
    change_column_default(:orders, :note, from: "x", to: nil)
    safety_assured do
      rename_column :customers, :name, :full_name
      execute <<~SQL.squish
        UPDATE orders
           SET note = 'none; yet' WHERE note IS NULL;
        ALTER TABLE orders ALTER note SET NOT NULL
      SQL
    end
    change_table :customers, bulk: true do |t|
      t.remove :tags, type: :text
      t.integer :visits, null: false, default: 0
      t.rename :mood, :temper
    end
    add_check_constraint :customers, "visits >= 0", validate: false
    validate_check_constraint :customers, "visits >= 0"
    remove_index :customers, :email
    remove_index(:orders, name: :index_orders_on_owner)
    add_index :customers, "lower(email)", unique: true, name: "lower_email"
    more
    drop_table :old_things, if_exists: true
    Order.where(note: nil).find_each { |one| one.touch }
    add_column :orders, :extra, :text unless column_exists?(:orders, :extra)
    %i[a b].each do |name|
      add_column :orders, name, :integer
    end
    execute "SELECT #{1 + 1}"
  end

  def down
    drop_table :orders
  end

  private

  def more
    add_timestamps :orders, null: true
  end
end
